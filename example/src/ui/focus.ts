import { useEffect } from "react";

const FOCUSABLE =
  "a[href], button, input, select, textarea, summary, [tabindex='0']";

/** Puts the focus on the page as a whole, from where the next Tab goes to its first link or field. */
export function focusPage(): void {
  document.querySelector("main")?.focus({ preventScroll: true });
}

/** Puts the focus on the first field whose value was refused, once the page shows which one that is. */
export function focusInvalid(form: HTMLElement): void {
  requestAnimationFrame(() =>
    form.querySelector<HTMLElement>("[aria-invalid='true']")?.focus(),
  );
}

/**
 * Keeps the focus in its place when what has it leaves the page: a row that was removed, a button that has done its work.
 * Without it the focus falls to the body, and the next Tab starts at the top.
 */
export function useKeptFocus(): void {
  useEffect(() => {
    let last: { element: Element; ancestors: Element[]; index: number } | null =
      null;
    const onFocus = ({ target }: FocusEvent) => {
      if (!(target instanceof Element) || target === document.body) return;
      const item = target.closest("li");
      const index = [...(item?.parentElement?.children ?? [])].indexOf(
        item ?? target,
      );
      last = { element: target, ancestors: ancestorsOf(target), index };
    };
    const observer = new MutationObserver(() => {
      const isLost =
        document.activeElement === null ||
        document.activeElement === document.body;
      if (!isLost || last === null || last.element.isConnected) return;
      const { ancestors, index } = last;
      last = null;
      for (const near of ancestors) {
        const target = near.isConnected ? nextIn(near, index) : null;
        target?.focus();
        if (target) return;
      }
      focusPage();
    });
    document.addEventListener("focusin", onFocus);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener("focusin", onFocus);
      observer.disconnect();
    };
  }, []);
}

/** From the nearest up to the page's main part or the dialog, beyond which nothing is near. */
function ancestorsOf(element: Element): Element[] {
  const found: Element[] = [];
  for (
    let up = element.parentElement;
    up !== null && !up.matches("main, .shell, #root");
    up = up.parentElement
  ) {
    found.push(up);
  }
  return found;
}

/** In a list the row that has taken the place of the one that is gone, elsewhere the first thing that takes the focus. */
function nextIn(near: Element, index: number): HTMLElement | null {
  const isList = near.matches("ul, ol");
  const row = isList ? (near.children[index] ?? near.lastElementChild) : near;
  return row?.querySelector<HTMLElement>(FOCUSABLE) ?? null;
}

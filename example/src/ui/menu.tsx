import {
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from "react";
import { Icon, type IconName } from "./controls.js";

export type MenuItem = {
  label: string;
  icon: IconName;
  run: () => void;
  isDangerous?: boolean;
};

type MenuProps = {
  label: string;
  trigger: ReactNode;
  items: MenuItem[];
  className?: string;
};

/** What is between a menu and the end of the window, at least (px). */
const ROOM = 8;

/** A button that opens a list of actions. Arrows, Home and End move; Esc, Tab and a click elsewhere close. It opens upwards where there is no room below. */
export function Menu({
  label,
  trigger,
  items,
  className = "button button--icon",
}: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  const [isAbove, setAbove] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();

  useLayoutEffect(() => {
    const place = button.current?.getBoundingClientRect();
    if (!isOpen || !place || !list.current) return;
    const height = list.current.offsetHeight + ROOM;
    const above = place.top - ceilingOf(button.current);
    setAbove(place.bottom + height > window.innerHeight && above > height);
  }, [isOpen]);

  useEffect(() => {
    if (!isOpen) return;
    itemsOf(root.current)[0]?.focus();
    const closeOutside = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", closeOutside);
    return () => document.removeEventListener("pointerdown", closeOutside);
  }, [isOpen]);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Tab moves on from the button.
    if (event.key === "Tab") setOpen(false);
    else if (event.key === "Escape") close();
    else if (move(itemsOf(root.current), event.key)) event.preventDefault();
  };

  return (
    <div className="menu" ref={root}>
      <button
        ref={button}
        type="button"
        className={className}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" || isOpen) return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {trigger}
      </button>
      {isOpen && (
        <div
          ref={list}
          id={id}
          className="menu__list"
          data-above={isAbove}
          role="menu"
          aria-label={label}
          tabIndex={-1}
          onKeyDown={onKeyDown}
        >
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className={
                item.isDangerous
                  ? "menu__item menu__item--danger"
                  : "menu__item"
              }
              onClick={() => {
                close();
                item.run();
              }}
            >
              <Icon name={item.icon} />
              {item.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

/** Where what is above a button is cut off, in the window (px): what scrolls around it cuts, or the window itself. */
function ceilingOf(button: HTMLElement | null): number {
  for (let up = button?.parentElement; up; up = up.parentElement) {
    if (getComputedStyle(up).overflowY !== "visible")
      return Math.max(0, up.getBoundingClientRect().top);
  }
  return 0;
}

function itemsOf(root: HTMLElement | null): HTMLElement[] {
  return [...(root?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
}

/** Moves the focus among the items; false when the key does not move it. */
function move(items: HTMLElement[], key: string): boolean {
  const at = items.findIndex((item) => item === document.activeElement);
  const target: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: -1,
  };
  const index = target[key];
  if (index === undefined) return false;
  items.at(index % items.length)?.focus();
  return true;
}

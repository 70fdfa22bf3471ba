import {
  useEffect,
  useEffectEvent,
  useRef,
  type PointerEvent as ReactPointerEvent,
} from "react";
import { flushSync } from "react-dom";
import { isStatus } from "../documents/document.js";
import type { Place } from "./order.js";

/** A press becomes a drag once it has moved so far. In CSS px, like all lengths here. */
const THRESHOLD = 5;
/** So close to an edge of the window, or of a board that is wider than it, a drag scrolls. */
const EDGE = 56;
/** By so much each frame. */
const SPEED = 9;

type Point = { x: number; y: number };
type Drag = {
  id: string;
  pointerId: number;
  start: Point;
  at: Point;
  isMoving: boolean;
};

type DragOptions = {
  /** The card has left its place. `width` is how wide it is. */
  onLift: (id: string, width: number) => void;
  onMove: (id: string, place: Place) => void;
  /** It is let go, or nothing has come of it. */
  onEnd: (id: string, isDropped: boolean) => void;
};

/**
 * Drags cards of a board with a mouse, by any part of them, or with a finger, by their handle: elsewhere a finger scrolls. While
 * it lasts, `--x` and `--y` of the board are where the pointer is.
 */
export function usePointerDrag(
  board: React.RefObject<HTMLElement | null>,
  { onLift, onMove, onEnd }: DragOptions,
): (event: ReactPointerEvent<HTMLElement>, id: string) => void {
  const drag = useRef<Drag | null>(null);

  const follow = useEffectEvent(({ id, at, isMoving }: Drag) => {
    const root = board.current;
    if (root === null || !isMoving) return;
    root.style.setProperty("--x", `${at.x}px`);
    root.style.setProperty("--y", `${at.y}px`);
    const place = placeUnder(root, at, id);
    // At once: what comes next has to find the card where it is shown.
    if (place !== null) flushSync(() => onMove(id, place));
  });
  const end = useEffectEvent((how: "dropped" | "taken away" | "given up") => {
    const ended = drag.current;
    drag.current = null;
    if (ended?.isMoving !== true) return;
    swallowClick(how !== "given up");
    onEnd(ended.id, how === "dropped");
  });
  const move = useEffectEvent((at: Point) => {
    const now = drag.current;
    if (now === null) return;
    const { x, y } = now.start;
    const isFar = Math.hypot(at.x - x, at.y - y) >= THRESHOLD;
    const isLifted = isFar && !now.isMoving;
    drag.current = { ...now, at, isMoving: now.isMoving || isFar };
    if (isLifted) {
      // The card may leave the page for another column; the board stays, and goes on to hear of the finger.
      board.current?.setPointerCapture(now.pointerId);
      flushSync(() => onLift(now.id, widthOf(board.current, now.id)));
    }
    follow(drag.current);
  });
  const scrollOn = useEffectEvent((now: Drag) => {
    if (scrollAt(board.current, now.at)) follow(now);
  });

  useEffect(() => {
    let frame = 0;
    const scroll = () => {
      const now = drag.current;
      if (now?.isMoving === true) scrollOn(now);
      frame = now?.isMoving === true ? requestAnimationFrame(scroll) : 0;
    };
    const onPointerMove = ({ clientX: x, clientY: y }: PointerEvent) => {
      move({ x, y });
      if (frame === 0) scroll();
    };
    const onPointerUp = () => end("dropped");
    const onCancel = () => end("taken away");
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key === "Escape") end("given up");
    };
    window.addEventListener("pointermove", onPointerMove);
    window.addEventListener("pointerup", onPointerUp);
    window.addEventListener("pointercancel", onCancel);
    window.addEventListener("keydown", onKeyDown);
    return () => {
      cancelAnimationFrame(frame);
      drag.current = null;
      window.removeEventListener("pointermove", onPointerMove);
      window.removeEventListener("pointerup", onPointerUp);
      window.removeEventListener("pointercancel", onCancel);
      window.removeEventListener("keydown", onKeyDown);
    };
  }, []);

  return (event, id) => {
    const target = event.target as Element;
    const isHandle = target.closest("[data-handle]") !== null;
    const isFinger = event.pointerType !== "mouse";
    if (!event.isPrimary || event.button !== 0 || (isFinger && !isHandle))
      return;
    if (!isHandle && target.closest(".menu") !== null) return;
    const start = { x: event.clientX, y: event.clientY };
    const { pointerId } = event;
    drag.current = { id, pointerId, start, at: start, isMoving: false };
  };
}

function cardsOf(root: Element): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>("[data-card]")];
}

function widthOf(root: Element | null, id: string): number {
  const card =
    root && cardsOf(root).find(({ dataset }) => dataset["card"] === id);
  return card?.getBoundingClientRect().width ?? 0;
}

/** The column nearest to a point, and the last card in it that is above the point. */
function placeUnder(root: Element, { x, y }: Point, id: string): Place | null {
  const distance = (column: Element) => {
    const { left, right } = column.getBoundingClientRect();
    return Math.max(left - x, x - right, 0);
  };
  const [column] = [
    ...root.querySelectorAll<HTMLElement>("[data-column]"),
  ].sort((one, other) => distance(one) - distance(other));
  const status = column?.dataset["column"];
  if (column === undefined || !isStatus(status)) return null;
  const above = cardsOf(column).filter((card) => {
    const { top, height } = card.getBoundingClientRect();
    return card.dataset["card"] !== id && top + height / 2 < y;
  });
  return { status, after: above.at(-1)?.dataset["card"] ?? null };
}

/** Scrolls towards the edge that the pointer is at. Whether there was one. */
function scrollAt(root: HTMLElement | null, { x, y }: Point): boolean {
  const side = (at: number, size: number) =>
    at < EDGE ? -SPEED : at > size - EDGE ? SPEED : 0;
  const right = side(x, window.innerWidth);
  const down = side(y, window.innerHeight);
  if (down !== 0) window.scrollBy(0, down);
  if (right !== 0) root?.scrollBy(right, 0);
  return right !== 0 || down !== 0;
}

/** The click that belongs to a drag, which comes when the pointer is let go, is none on what lies there. */
function swallowClick(isLetGo: boolean): void {
  const swallow = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  // The click follows within the same task.
  const stop = () =>
    setTimeout(() =>
      window.removeEventListener("click", swallow, { capture: true }),
    );
  window.addEventListener("click", swallow, { capture: true });
  if (isLetGo) stop();
  else window.addEventListener("pointerup", stop, { once: true });
}

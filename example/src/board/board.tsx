import { useDocsMutation } from "@acme/convex-docs/react";
import {
  useEffectEvent,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type ReactNode,
} from "react";
import { api } from "../../convex/_generated/api.js";
import { DocumentMenu } from "../documents/actions.js";
import { Due, Tags } from "../documents/details.js";
import {
  nameOf,
  STATUS_LABELS,
  STATUSES,
  Visibility,
  type AppDocument,
  type Status,
} from "../documents/document.js";
import { hrefTo } from "../route.js";
import { Icon } from "../ui/controls.js";
import type { explain, Failure } from "../ui/failure.js";
import { useRefusal } from "../ui/refusals.js";
import { useToasts } from "../ui/toasts.js";
import {
  cardOf,
  isSamePlace,
  moved,
  placeByKey,
  placeOf,
  positionOf,
  type Columns,
  type Move,
  type Place,
} from "./order.js";
import { usePointerDrag } from "./pointer.js";

/** A card that is off its place, and where it would come down. */
type Held = Move & { by: "pointer" | "keyboard"; width: number };

type BoardProps = {
  columns: Columns;
  /** What stands beside the name of a column. */
  count: (status: Status) => ReactNode;
  /** What comes after the loaded cards of a column. */
  more: (status: Status) => ReactNode;
};

/** Columns of cards that are moved by mouse, by finger and by keyboard. */
export function Board({ columns, count, more }: BoardProps) {
  const { moves, move } = useMoves();
  const [held, hold] = useState<Held | null>(null);
  const [news, announce] = useState("");
  const root = useRef<HTMLDivElement>(null);
  const hint = useId();
  const settled = moved(columns, moves);
  const shown = held === null ? settled : moved(settled, [held]);
  const keepFocus = useHandleFocus(root);

  const nameOfCard = (id: string) =>
    nameOf(cardOf(columns, id) ?? { title: "" });
  const where = (place: Place, id: string) => {
    const { status } = place;
    const after = moved(settled, [{ id, ...place }]);
    return `${STATUS_LABELS[status]}, ${positionOf(after, place)} of ${after[status].length}`;
  };
  const lift = (id: string, by: Held["by"], width = 0) => {
    const place = placeOf(settled, id);
    if (place === null) return;
    hold({ id, by, width, ...place });
    announce(
      `Picked up ${nameOfCard(id)}: ${where(place, id)}. Arrow keys move it, Space puts it down, Escape puts it back.`,
    );
  };
  const carry = (place: Place) => {
    if (held === null || isSamePlace(held, place)) return;
    hold({ ...held, ...place });
    announce(where(place, held.id));
  };
  const drop = async (isDropped: boolean) => {
    if (held === null) return;
    hold(null);
    const { id } = held;
    // What stood above may have left meanwhile: what is above now is what was meant.
    const place = placeOf(shown, id);
    if (
      !isDropped ||
      place === null ||
      isSamePlace(place, placeOf(settled, id))
    ) {
      announce(`${nameOfCard(id)} is back in its place.`);
      return;
    }
    announce(`Moved ${nameOfCard(id)} to ${where(place, id)}.`);
    const failure = await move({ id, ...place });
    if (failure)
      announce(
        `${nameOfCard(id)} is back in its place: it could not be moved.`,
      );
  };
  const start = usePointerDrag(root, {
    onLift: (id, width) => lift(id, "pointer", width),
    onMove: (_id, place) => carry(place),
    onEnd: (_id, isDropped) => void drop(isDropped),
  });
  const onKey = (event: React.KeyboardEvent, id: string) => {
    if (held?.id !== id || held.by !== "keyboard") return;
    const place = placeByKey(shown, id, event.key);
    if (place !== null) carry(place);
    else if (event.key === "Escape") void drop(false);
    if (event.key.startsWith("Arrow") || event.key === "Escape")
      event.preventDefault();
  };

  return (
    <div ref={root} className="board" data-dragging={held?.by === "pointer"}>
      <p id={hint} className="visually-hidden">
        Press Space to pick the card up.
      </p>
      <p
        className="visually-hidden"
        role="status"
        aria-live="assertive"
        aria-label="Moves"
      >
        {news}
      </p>
      {STATUSES.map((status) => (
        <section
          key={status}
          className="column"
          data-column={status}
          aria-labelledby={`${hint}-${status}`}
        >
          <h2 id={`${hint}-${status}`} className="column__name">
            <span className={`badge badge--${status}`}>
              {STATUS_LABELS[status]}
            </span>
            {count(status)}
          </h2>
          {shown[status].length === 0 ? (
            <p className="column__empty">{EMPTY[status]}</p>
          ) : (
            <ul className="column__cards" aria-labelledby={`${hint}-${status}`}>
              {shown[status].map((document) => (
                <Card
                  key={document._id}
                  document={document}
                  isHeld={held?.id === document._id}
                  handle={
                    <button
                      type="button"
                      className="button button--icon card__handle"
                      data-handle={document._id}
                      aria-label={`Move ${nameOf(document)}`}
                      aria-describedby={hint}
                      aria-pressed={held?.id === document._id}
                      // Of a key or of assistive technology: a pointer drags.
                      onClick={({ detail }) => {
                        if (detail !== 0) return;
                        if (held === null) lift(document._id, "keyboard");
                        else void drop(true);
                      }}
                      onKeyDown={(event) => onKey(event, document._id)}
                      onFocus={() => keepFocus(document._id)}
                      onBlur={() => {
                        keepFocus(null);
                        if (held?.by === "keyboard") void drop(false);
                      }}
                    >
                      <Icon name="grip" />
                    </button>
                  }
                  onPointerDown={(event) => start(event, document._id)}
                />
              ))}
            </ul>
          )}
          {more(status)}
        </section>
      ))}
      {held?.by === "pointer" && (
        <p
          className="card card--lifted"
          aria-hidden="true"
          style={{ width: held.width }}
        >
          {nameOfCard(held.id)}
        </p>
      )}
    </div>
  );
}

const EMPTY: Record<Status, string> = {
  draft: "No drafts. A new document starts here.",
  published: "Nothing published. Drop a card here to publish it.",
  archived: "Nothing archived. Drop a card here when it is done with.",
};

type CardProps = {
  document: AppDocument;
  isHeld: boolean;
  handle: ReactNode;
  onPointerDown: (event: React.PointerEvent<HTMLElement>) => void;
};

function Card({ document, isHeld, handle, onPointerDown }: CardProps) {
  const { _id: id, tags, dueAt } = document;
  return (
    <li
      className="card"
      data-card={id}
      data-held={isHeld}
      onPointerDown={onPointerDown}
    >
      <div className="card__head">
        {handle}
        <a
          className="card__title"
          draggable={false}
          href={hrefTo({ page: "document", id })}
        >
          {nameOf(document)}
        </a>
        <DocumentMenu document={document} role="owner" />
      </div>
      <p className="row__details card__details">
        <Visibility document={document} isShort />
        {document.hasDraft && (
          <span className="badge badge--ahead">Edited</span>
        )}
        {tags !== undefined && <Tags document={document} />}
        {dueAt !== undefined && <Due document={document} />}
      </p>
    </li>
  );
}

/** Moves that the server has not answered yet, which are shown as if it had, and how to make one. */
function useMoves() {
  const [moves, setMoves] = useState<Move[]>([]);
  const mutation = useDocsMutation(api.board.move);
  const refuse = useRefusal();
  const show = useToasts();

  /** Resolves to why it was refused, or to `null`. */
  const move = async ({ id, status, after }: Move): Promise<Failure | null> => {
    const made = { id, status, after };
    setMoves((moves) => [...moves, made]);
    try {
      const outcome = await mutation.mutate(made);
      if (outcome.ok) return null;
      const { error } = outcome;
      const isNeighbourGone =
        error.code === "NOT_FOUND" && error.documentId === after;
      if (isNeighbourGone) show({ tone: "refused", ...MOVED_ON });
      else if (error.code === "BATCH_TOO_LARGE")
        show({ tone: "refused", ...TOO_DEEP });
      else refuse(error);
      return error;
    } finally {
      setMoves((moves) => moves.filter((each) => each !== made));
    }
  };
  return { moves, move };
}

const MOVED_ON: ReturnType<typeof explain> = {
  title: "The board has changed meanwhile",
  text: "The card above is not there any more, so nothing was moved. Look again, and move it once more.",
};
const TOO_DEEP: ReturnType<typeof explain> = {
  title: "That is too far down",
  text: "Too many cards above have never been moved. Nothing was changed: put it further up.",
};

/** Keeps the focus on the handle of a card that comes to stand in another column, where it is another element. */
function useHandleFocus(
  root: React.RefObject<HTMLElement | null>,
): (id: string | null) => void {
  const kept = useRef<string | null>(null);
  const restore = useEffectEvent(() => {
    const at = document.activeElement;
    if (kept.current === null || (at !== null && at !== document.body)) return;
    const handles =
      root.current?.querySelectorAll<HTMLElement>("[data-handle]") ?? [];
    const handle = [...handles].find(
      ({ dataset }) => dataset["handle"] === kept.current,
    );
    handle?.focus();
    // All of it: a focus alone shows the handle.
    handle
      ?.closest("[data-card]")
      ?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  useLayoutEffect(() => restore());
  return (id) => {
    kept.current = id;
  };
}

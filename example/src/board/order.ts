import {
  STATUSES,
  type AppDocument,
  type Status,
} from "../documents/document.js";

/** The cards of each column that are loaded, from the top. */
export type Columns = Record<Status, AppDocument[]>;
/** Below another card of a column, or at its top. */
export type Place = { status: Status; after: string | null };
export type Move = Place & { id: string };

/** The columns as they are once these moves are done. The server's answer may have them already. */
export function moved(columns: Columns, moves: Move[]): Columns {
  return moves.reduce((columns, { id, status, after }) => {
    const card = cardOf(columns, id);
    if (card === undefined) return columns;
    const rest = without(columns, id);
    const at = rest[status].findIndex(({ _id }) => _id === after) + 1;
    return {
      ...rest,
      [status]: rest[status].toSpliced(at, 0, { ...card, status }),
    };
  }, columns);
}

export function cardOf(columns: Columns, id: string): AppDocument | undefined {
  return STATUSES.flatMap((status) => columns[status]).find(
    ({ _id }) => _id === id,
  );
}

function without(columns: Columns, id: string): Columns {
  const rest = (status: Status) =>
    columns[status].filter(({ _id }) => _id !== id);
  return {
    draft: rest("draft"),
    published: rest("published"),
    archived: rest("archived"),
  };
}

/** Where a card is; `null` for one that has left the board. */
export function placeOf(columns: Columns, id: string): Place | null {
  const status = STATUSES.find((each) =>
    columns[each].some(({ _id }) => _id === id),
  );
  if (status === undefined) return null;
  const cards = columns[status];
  const at = cards.findIndex(({ _id }) => _id === id);
  return { status, after: cards[at - 1]?._id ?? null };
}

/** Where a card is, for people: from 1. */
export function positionOf(columns: Columns, { status, after }: Place): number {
  return columns[status].findIndex(({ _id }) => _id === after) + 2;
}

/** By how many columns and cards an arrow moves a card. */
const ARROWS: Record<string, [columns: number, cards: number]> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

/** Where an arrow key moves a card; `null` for another key, and at the edge of the board. */
export function placeByKey(
  columns: Columns,
  id: string,
  key: string,
): Place | null {
  const arrow = ARROWS[key];
  const place = placeOf(columns, id);
  if (arrow === undefined || place === null) return null;
  const status = STATUSES[STATUSES.indexOf(place.status) + arrow[0]];
  if (status === undefined) return null;
  const others = without(columns, id)[status];
  const at = positionOf(columns, place) - 1 + arrow[1];
  if (arrow[0] === 0 && (at < 0 || at > others.length)) return null;
  return {
    status,
    after: others[Math.min(at, others.length) - 1]?._id ?? null,
  };
}

export function isSamePlace(one: Place | null, other: Place | null): boolean {
  return one?.status === other?.status && one?.after === other?.after;
}

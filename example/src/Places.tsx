import { hrefTo, useRoute } from "./route.js";

type Place = {
  route: Parameters<typeof hrefTo>[0];
  label: string;
  /** The rest of the label, where there is room. */
  more?: string;
};

const PLACES: Place[] = [
  { route: { page: "mine" }, label: "Mine" },
  { route: { page: "shared" }, label: "Shared", more: " with me" },
  { route: { page: "team" }, label: "Team" },
  { route: { page: "board" }, label: "Board" },
];

/** Where documents are that one works on. */
export function Places() {
  const here = useRoute();
  return (
    <nav className="places" aria-label="Places">
      {PLACES.map(({ route, label, more }) => (
        <a
          key={label}
          className="places__item"
          href={hrefTo(route)}
          aria-current={route.page === here.page ? "page" : undefined}
        >
          <span>
            {label}
            {more && <span className="button__more">{more}</span>}
          </span>
        </a>
      ))}
    </nav>
  );
}

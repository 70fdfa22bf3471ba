import { EmptyState } from "../components/EmptyState.js";
import { hrefTo } from "../lib/route.js";

export function UnknownPage() {
  return (
    <EmptyState icon="search" title="There is no such page" level={1}>
      <title>Not found · Acme Docs</title>
      <p>
        The address may be mistyped, or it is from another version of this app.
      </p>
      <a className="button" href={hrefTo({ page: "mine" })}>
        Go to my documents
      </a>
    </EmptyState>
  );
}

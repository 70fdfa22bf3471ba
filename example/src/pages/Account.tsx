import { Erase } from "../account/erase.js";
import { Export } from "../account/export.js";
import { SessionRefused, type Viewer } from "../session.js";
import { PageHeader } from "../ui/layout.js";
import { ErrorBoundary } from "../ui/refusals.js";

type AccountProps = { viewer: Exclude<Viewer, { status: "signedOut" }> };

/** What there is of the user: to take along, or to erase. */
export function Account({ viewer }: AccountProps) {
  if (viewer.status === "refused") return <SessionRefused />;
  const { name, email, id } = viewer.user;
  return (
    <>
      <title>Account · Acme Docs</title>
      <PageHeader title="Account" text={`${name}, ${email}`} />
      <ErrorBoundary>
        <div className="account-cards">
          <Export name={`acme-docs-${id}`} />
          <Erase isSignedIn={viewer.status === "signedIn"} />
        </div>
      </ErrorBoundary>
    </>
  );
}

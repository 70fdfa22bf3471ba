import type { Link } from "@acme/convex-docs";
import { useDocsMutation } from "@acme/convex-docs/react";
import { useEffect, useRef, useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { hrefTo } from "../route.js";
import { Field, Icon } from "../ui/controls.js";
import { TimeAgo } from "../ui/time.js";
import { Refused } from "./refused.js";
import { ROLE_LABELS, RoleSelect } from "./roles.js";

const ROLES = ["viewer", "editor"] as const;

/** Links to a document: whoever has one is let in. */
export function Links({ id, links }: { id: string; links: Link[] }) {
  const [role, setRole] = useState<(typeof ROLES)[number]>("viewer");
  const [made, setMade] = useState<{ linkId: string; token: string }>();
  const create = useDocsMutation(api.documents.createLink);
  const revoke = useDocsMutation(api.documents.revokeLink);

  const make = async () => {
    if (create.isPending) return;
    revoke.reset();
    const outcome = await create.mutate({ id, role });
    if (outcome.ok) setMade(outcome.value);
  };
  // The address of one that was revoked leads nowhere.
  const isThere = links.some(({ linkId }) => linkId === made?.linkId);
  return (
    <section className="share__part" aria-labelledby="links">
      <h3 id="links">Links</h3>
      <p className="dialog__text">
        Whoever has a link is let in, even without an account, and sees the
        document as it is now, published or not. Whoever is not signed in can
        only read it.
      </p>
      <Refused failure={create.error ?? revoke.error} />
      {links.length > 0 && (
        <ul className="share__list" aria-label="Links to this document">
          {links.map(({ linkId, role: given, grantedAt }, index) => (
            <li key={linkId} className="share__person">
              <Icon name="link" />
              <span className="share__name">
                {ROLE_LABELS[given]}
                <span className="share__note">
                  Made <TimeAgo time={grantedAt} />
                </span>
              </span>
              <button
                className="button"
                aria-label={`Revoke link ${index + 1}: ${ROLE_LABELS[given]}`}
                onClick={() => {
                  create.reset();
                  void revoke.mutate({ id, linkId });
                }}
              >
                Revoke
              </button>
            </li>
          ))}
        </ul>
      )}
      {made && isThere && <Address id={id} token={made.token} />}
      <div className="share__new">
        <RoleSelect
          label="Role by the link"
          value={role}
          roles={ROLES}
          onChange={setRole}
        />
        <button
          className="button"
          aria-disabled={create.isPending}
          onClick={() => void make()}
        >
          <Icon name="link" />
          Create link
        </button>
      </div>
    </section>
  );
}

/** The address of a new link. The server has told its token once, and does not know it any more. */
function Address({ id, token }: { id: string; token: string }) {
  const [copied, setCopied] = useState<"no" | "yes" | "failed">("no");
  const input = useRef<HTMLInputElement>(null);
  // It is told once, so it must not be below the end of the dialog.
  useEffect(() => {
    input.current?.scrollIntoView({ block: "nearest" });
  }, [token]);
  const route = hrefTo({ page: "document", id, token });
  const { href } = new URL(route, window.location.href);
  const copy = () =>
    navigator.clipboard.writeText(href).then(
      () => setCopied("yes"),
      () => {
        setCopied("failed");
        input.current?.select();
      },
    );
  return (
    <div className="share__address" role="status">
      <Field
        label="New link"
        hint={
          copied === "failed"
            ? "The browser does not allow it. The address is selected: copy it from there."
            : "Copy it now: it is not shown again."
        }
        problem={undefined}
      >
        {(control) => (
          <input
            {...control}
            ref={input}
            className="input"
            readOnly
            value={href}
            onFocus={({ target }) => target.select()}
          />
        )}
      </Field>
      <button className="button button--primary" onClick={() => void copy()}>
        <Icon name={copied === "yes" ? "check" : "copy"} />
        {copied === "yes" ? "Copied" : "Copy"}
      </button>
    </div>
  );
}

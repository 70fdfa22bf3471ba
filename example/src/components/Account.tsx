import { useState } from "react";
import { useOverlay } from "../hooks/useOverlay.js";
import { goTo } from "../hooks/useRoute.js";
import { useSession } from "../hooks/useSession.js";
import { toPerson } from "../lib/people.js";
import { storedKeys } from "../lib/storage.js";
import { Avatar } from "./Avatar.js";
import { ConfirmDialog } from "./ConfirmDialog.js";
import { Menu } from "./Menu.js";

/** Who is signed in, and the way out; or the way in. */
export function Account() {
  const { user, signOut } = useSession();
  const open = useOverlay();
  const [isConfirming, setConfirming] = useState(false);
  if (user === null) {
    return (
      <div className="account">
        <button className="button button--wide" onClick={() => open("sign-in")}>
          Sign in
        </button>
      </div>
    );
  }
  const person = toPerson(user);
  const leave = () => {
    // Not on the page of something that only its owner may see.
    goTo({ page: "mine" });
    signOut();
  };
  return (
    <div className="account">
      <Menu
        label={`Account of ${person.name}`}
        className="account__button"
        trigger={
          <>
            <Avatar person={person} />
            <span className="account__name">{person.name}</span>
          </>
        }
        items={[
          {
            label: "Change from a list…",
            icon: "file",
            run: () => open("from-list"),
          },
          {
            label: "Add sample documents…",
            icon: "copy",
            run: () => open("samples"),
          },
          {
            label: "Keyboard shortcuts",
            icon: "keyboard",
            run: () => open("shortcuts"),
          },
          {
            label: "Sign out",
            icon: "sign-out",
            run: () =>
              storedKeys("draft/").length > 0 ? setConfirming(true) : leave(),
          },
        ]}
      />
      {isConfirming && (
        <ConfirmDialog
          title="Sign out and lose what is not saved?"
          confirm="Sign out"
          onConfirm={leave}
          onClose={() => setConfirming(false)}
        >
          There are changes in this window that have not been saved.
        </ConfirmDialog>
      )}
    </div>
  );
}

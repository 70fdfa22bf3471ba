import { useConvexAuth } from "convex/react";
import { useCallback } from "react";
import {
  demoUsers,
  signDemoToken,
  type DemoUser,
  type DemoUserName,
} from "../../dev/auth.js";
import { Avatar, ownerIdOf, toPerson } from "./people.js";
import { storedKeys, useStored, writeStored } from "./storage.js";
import { Icon } from "./ui/controls.js";
import { Dialog } from "./ui/dialog.js";
import { EmptyState } from "./ui/layout.js";

const KEY = "user";

/** Who is signed in, in this window. */
type Session = {
  user: DemoUser | null;
  signIn: (name: DemoUserName) => void;
  /** Forgets the user and whatever they had not saved. */
  signOut: () => void;
};

export function useSession(): Session {
  const [name, setName] = useStored(KEY, isDemoUserName);
  const signOut = useCallback(() => {
    for (const key of storedKeys("")) writeStored(key, null);
  }, []);
  return { user: name && demoUsers[name], signIn: setName, signOut };
}

function isDemoUserName(value: unknown): value is DemoUserName {
  return typeof value === "string" && Object.hasOwn(demoUsers, value);
}

/**
 * What `ConvexProviderWithAuth` asks of an identity provider. The demo's tokens are signed in the page; with a real
 * provider this is its SDK's hook: https://docs.convex.dev/auth
 */
export function useDemoAuth() {
  const { user } = useSession();
  const fetchAccessToken = useCallback(
    async () => (user === null ? null : await signDemoToken(user)),
    [user],
  );
  return { isLoading: false, isAuthenticated: user !== null, fetchAccessToken };
}

/**
 * The user as the deployment sees them. Until a token is checked, a query would get the answer for a signed-out user, so the
 * pages wait.
 */
export type Viewer =
  | { status: "signedOut"; ownerId: null }
  | {
      status: "checking" | "signedIn" | "refused";
      user: DemoUser;
      ownerId: string;
    };

export function useViewer(): Viewer {
  const { user } = useSession();
  const { isLoading, isAuthenticated } = useConvexAuth();
  if (user === null) return { status: "signedOut", ownerId: null };
  const checked = isAuthenticated ? "signedIn" : "refused";
  return {
    status: isLoading ? "checking" : checked,
    user,
    ownerId: ownerIdOf(user),
  };
}

const names = Object.keys(demoUsers) as DemoUserName[];

/** The demo's sign-in: no password, but a real token, signed in the page and checked by the deployment. */
export function PersonPicker() {
  const { signIn } = useSession();
  return (
    <ul className="people">
      {names.map((name) => {
        const user = demoUsers[name];
        return (
          <li key={name}>
            <button className="people__person" onClick={() => signIn(name)}>
              <Avatar person={toPerson(user)} />
              <span className="people__name">
                <span>
                  <span className="visually-hidden">Sign in as </span>
                  {user.name}
                </span>
                <span className="people__email">{user.email}</span>
              </span>
              <Icon name="arrow-right" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

export function SignInDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog
      title="Sign in to go on"
      onClose={onClose}
      className="dialog--small"
    >
      {(close) => (
        <>
          <p className="dialog__text">
            Reading needs no account, writing does. What you typed is kept.
          </p>
          <PersonPicker />
          <div className="dialog__actions">
            <button className="button" onClick={close}>
              Not now
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

/** The deployment rejected the token. */
export function SessionRefused() {
  const { signOut } = useSession();
  return (
    <EmptyState icon="lock" title="Your session was not accepted" level={1}>
      <p>
        The server could not confirm who you are. Sign in again to see your
        documents.
      </p>
      <button className="button button--primary" onClick={signOut}>
        Sign in again
      </button>
    </EmptyState>
  );
}

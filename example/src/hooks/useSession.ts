import { useCallback } from "react";
import {
  demoUsers,
  type DemoUser,
  type DemoUserName,
} from "../../auth/demo.js";
import { storedKeys, writeStored } from "../lib/storage.js";
import { useStored } from "./useStored.js";

const KEY = "user";

/** Who is signed in, in this window. */
export type Session = {
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

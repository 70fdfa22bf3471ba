import { demoUsers, type DemoUserName } from "../../auth/demo.js";
import { useSession } from "../hooks/useSession.js";
import { toPerson } from "../lib/people.js";
import { Avatar } from "./Avatar.js";
import { Icon } from "./Icon.js";

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

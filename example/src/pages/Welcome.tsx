import { Icon } from "../components/Icon.js";
import { PersonPicker } from "../components/PersonPicker.js";
import { hrefTo } from "../lib/route.js";

/** What a visitor sees first. */
export function Welcome() {
  return (
    <div className="welcome">
      <title>Acme Docs</title>
      <h1>Documents that belong to someone</h1>
      <p className="welcome__lead">
        Write, publish and share. Only you can change what is yours, and every
        open window shows it at once.
      </p>
      <PersonPicker />
      <a className="welcome__aside" href={hrefTo({ page: "public" })}>
        Look around without signing in
        <Icon name="arrow-right" />
      </a>
      <p className="welcome__tip">
        Open a second window and sign in as the other one: each window is its
        own person.
      </p>
    </div>
  );
}

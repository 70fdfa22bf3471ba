/** Shown instead of the app when there is nothing to connect to. */
export function Setup() {
  return (
    <main className="welcome">
      <h1>No deployment to talk to</h1>
      <p className="welcome__lead">
        This page was built without <code>VITE_CONVEX_URL</code>. Start it with{" "}
        <code>npm run dev</code>, which brings a deployment of its own, or with{" "}
        <code>npx convex dev</code>, which writes the address of yours to{" "}
        <code>.env.local</code>.
      </p>
    </main>
  );
}

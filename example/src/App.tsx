import { ConvexProviderWithAuth, type ConvexReactClient } from "convex/react";
import { Overlays } from "./components/Overlays.js";
import { Shell } from "./components/Shell.js";
import { Toasts } from "./components/Toasts.js";
import { useDemoAuth } from "./hooks/useDemoAuth.js";
import { useSession } from "./hooks/useSession.js";
import { Page } from "./pages/Page.js";

export function App({ client }: { client: ConvexReactClient }) {
  const { user } = useSession();
  return (
    <Toasts>
      {/* A new person is a new page: nothing of the last one's may stay on it. */}
      <ConvexProviderWithAuth
        key={user?.id ?? "nobody"}
        client={client}
        useAuth={useDemoAuth}
      >
        <Overlays>
          <Shell>
            <Page />
          </Shell>
        </Overlays>
      </ConvexProviderWithAuth>
    </Toasts>
  );
}

import { useState, type ReactNode } from "react";
import { OverlayContext, type Overlay } from "../hooks/useOverlay.js";
import { useSession } from "../hooks/useSession.js";
import { FromListDialog } from "./FromListDialog.js";
import { NewDocumentDialog } from "./NewDocumentDialog.js";
import { SamplesDialog } from "./SamplesDialog.js";
import { ShortcutsDialog } from "./ShortcutsDialog.js";
import { SignInDialog } from "./SignInDialog.js";

/** Shows what lies over the page, one thing at a time. */
export function Overlays({ children }: { children: ReactNode }) {
  const { user } = useSession();
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const close = () => setOverlay(null);
  // Whoever wants to write has to be somebody.
  const shown =
    overlay === "new-document" && user === null ? "sign-in" : overlay;
  return (
    <OverlayContext value={setOverlay}>
      {children}
      {shown === "new-document" && <NewDocumentDialog onClose={close} />}
      {shown === "from-list" && <FromListDialog onClose={close} />}
      {shown === "samples" && <SamplesDialog onClose={close} />}
      {shown === "sign-in" && <SignInDialog onClose={close} />}
      {shown === "shortcuts" && <ShortcutsDialog onClose={close} />}
    </OverlayContext>
  );
}

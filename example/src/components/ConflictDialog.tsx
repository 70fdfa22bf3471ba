import type { Editor } from "../hooks/useEditor.js";
import type { AppDocument } from "../lib/document.js";
import { difference } from "../lib/difference.js";
import { textOf, type Text } from "../lib/draft.js";
import { Dialog } from "./Dialog.js";
import { TimeAgo } from "./TimeAgo.js";

type Props = { document: AppDocument; editor: Editor; onClose: () => void };

/** Somebody saved first: a person decides whose words stay. */
export function ConflictDialog({ document, editor, onClose }: Props) {
  const mine = editor.text;
  const theirs = textOf(document);
  return (
    <Dialog
      title="This document was changed in another window"
      onClose={onClose}
      className="dialog--wide"
    >
      {(close) => (
        <>
          <p className="dialog__text">
            Version {document.version} was saved{" "}
            <TimeAgo time={document.updatedAt} />, while you were writing.
            Nothing has been overwritten. Which text should stay?
          </p>
          <div className="versions">
            <Version
              name="Yours, not saved"
              text={mine}
              other={theirs}
              tone="mine"
            />
            <Version
              name={`Saved, version ${document.version}`}
              text={theirs}
              other={mine}
              tone="theirs"
            />
          </div>
          <div className="dialog__actions">
            <button className="button button--quiet" onClick={close}>
              Decide later
            </button>
            <button
              className="button"
              onClick={() => {
                editor.discard();
                close();
              }}
            >
              Use the saved one
            </button>
            <button
              className="button button--primary"
              data-autofocus
              onClick={() => {
                close();
                // Refused again if there is yet another version by now: then this dialog comes back.
                void editor.saveOver();
              }}
            >
              Keep mine
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

function Version({
  name,
  text,
  other,
  tone,
}: {
  name: string;
  text: Text;
  other: Text;
  tone: "mine" | "theirs";
}) {
  return (
    <section className={`version version--${tone}`} aria-label={name}>
      <h3>{name}</h3>
      <p className="version__title">
        <Marked text={text.title} other={other.title} />
      </p>
      <p className="version__content">
        <Marked text={text.content} other={other.content} />
      </p>
    </section>
  );
}

function Marked({ text, other }: { text: string; other: string }) {
  return difference(text, other).map((part, index) =>
    part.isOwn ? (
      <mark key={index}>{part.text}</mark>
    ) : (
      <span key={index}>{part.text}</span>
    ),
  );
}

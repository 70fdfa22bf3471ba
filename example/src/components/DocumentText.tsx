import { nameOf, type AppDocument } from "../lib/document.js";

/** A document to read. */
export function DocumentText({ document }: { document: AppDocument }) {
  return (
    <>
      <h1 className="document__title">{nameOf(document)}</h1>
      <div className="document__content">
        {document.content === "" ? (
          <span className="document__nothing">No text yet</span>
        ) : (
          document.content
        )}
      </div>
    </>
  );
}

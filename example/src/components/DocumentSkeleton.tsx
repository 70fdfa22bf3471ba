/** The shape of a document before it is there. */
export function DocumentSkeleton() {
  return (
    <div
      className="skeleton skeleton--document"
      role="status"
      aria-label="Loading the document"
    >
      <span className="skeleton__title" />
      {[96, 88, 92, 64].map((width) => (
        <span key={width} style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}

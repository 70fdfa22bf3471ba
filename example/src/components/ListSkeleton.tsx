/** The shape of a list before it is there. Shows itself only if that takes a moment. */
export function ListSkeleton() {
  return (
    <div className="skeleton" role="status" aria-label="Loading documents">
      {[62, 44, 71, 53].map((width) => (
        <div key={width} className="skeleton__row">
          <span style={{ width: `${width * 0.6}%` }} />
          <span style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  );
}

type Props = { isLoading: boolean; onLoad: () => void };

export function LoadMore({ isLoading, onLoad }: Props) {
  return (
    <div className="load-more">
      <button className="button" aria-disabled={isLoading} onClick={onLoad}>
        {isLoading ? "Loading…" : "Load more"}
      </button>
    </div>
  );
}

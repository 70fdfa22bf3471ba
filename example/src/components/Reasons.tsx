import { reasons, type JobStatus } from "../lib/job.js";

type Props = {
  /** How many were refused, of which the server lists the first. */
  count: number;
  failures: Pick<JobStatus["failures"][number], "error">[];
};

/** Why some documents were left as they are, in words made from each error's code. */
export function Reasons({ count, failures }: Props) {
  return (
    <>
      <span className="job__count">
        {count} {count === 1 ? "was" : "were"} left as{" "}
        {count === 1 ? "it is" : "they are"}
      </span>
      <ul className="job__reasons">
        {reasons(failures).map((reason) => (
          <li key={reason.text}>
            {reason.text} ({reason.count})
          </li>
        ))}
      </ul>
    </>
  );
}

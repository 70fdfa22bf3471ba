/** The names under which the component's own jobs are recorded: an operator may pause one before it has ever run. */
export const OWN_JOBS = {
  cleanup: "cleanupOldDrafts",
  purge: "purgeTrash",
} as const;

import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const APP = fileURLToPath(new URL("../../../example/convex", import.meta.url));
/** Inside the package, whose name the app imports. */
const DEPLOYS = fileURLToPath(
  new URL("../../../artifacts/deploys/", import.meta.url),
);

/** A change of one file of the app: a text that is in it once, and what stands there instead. */
export type Edit = { file: string; find: string; replace: string };

let deploys = 0;

/** Writes the app as it is after a change. Returns its folder, a new one each time: a module is loaded once. */
export async function edited({ file, find, replace }: Edit): Promise<string> {
  deploys += 1;
  const folder = `${DEPLOYS}${process.pid}-${deploys}`;
  await rm(folder, { recursive: true, force: true });
  await cp(APP, folder, { recursive: true });
  const before = await readFile(`${folder}/${file}`, "utf8");
  const parts = before.split(find);
  if (parts.length !== 2)
    throw new Error(`${file} has this ${parts.length - 1} times: ${find}`);
  await writeFile(`${folder}/${file}`, parts.join(replace));
  return folder;
}

/** The app as it is. */
export const CURRENT = APP;

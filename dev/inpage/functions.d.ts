/** The functions of app and component, as `build.ts` bundles them: by path, evaluated. */
declare module "virtual:functions/*" {
  const modules: Record<string, Record<string, unknown>>;
  export default modules;
}

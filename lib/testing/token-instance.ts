// One instance of the token endpoint in a process of its own, for tests: node token-instance.ts. DATABASE_URL and the
// secrets come by environment; TEST_CLOCK_SHIFT_MS puts its clock forward or, negative, back.
import { startHotDoors } from "#lib/testing/start-hot-doors";

const shiftMs = Number(process.env.TEST_CLOCK_SHIFT_MS ?? 0);
if (shiftMs !== 0) {
  const RealDate = Date;
  const now = () => RealDate.now() + shiftMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, values: unknown[]) =>
      Reflect.construct(target, values.length === 0 ? [now()] : values),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
}
const { listHotDoors } = await import("#lib/server/hot-doors");
const { url } = await startHotDoors(listHotDoors());
console.log(url);

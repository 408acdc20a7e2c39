/** Where a page leads by itself. */
export function readRefresh(response: Response): string {
  return (response.headers.get("refresh") ?? "").replace(/^0;url=/, "");
}

/** Signs in at the provider, as a browser goes; returns the address that it sends the browser back to. */
export async function passProvider(base: string, address: string, login: string): Promise<string> {
  const cookies = new Map<string, string>();
  let next = address;
  let body: URLSearchParams | undefined;
  for (let hop = 0; hop < 10; hop++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response: Response = await fetch(next, {
      method: body ? "POST" : "GET",
      body,
      redirect: "manual",
      headers: { cookie },
    });
    for (const line of response.headers.getSetCookie()) {
      const pair = line.split(";")[0] ?? "";
      cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    const location = response.headers.get("location");
    body = location ? undefined : new URLSearchParams({ login });
    if (location?.startsWith(base)) return location;
    if (location) next = new URL(location, next).href;
  }
  throw new Error("the provider never came back");
}

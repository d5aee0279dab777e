/** Random ids, also on the plain HTTP origins where `crypto.randomUUID` does not exist. */

export function uuid(): string {
  // The browser names a blob by a fresh UUID; that name is all we want of it.
  const url = URL.createObjectURL(new Blob());
  URL.revokeObjectURL(url);
  return url.slice(-36);
}

// One exchange told in a line: transaction, subject, ok or failed, and a detail, parted by tabs.
export async function exchange(transaction, subject, run) {
  let result;
  try {
    result = ["ok", await run()];
  } catch (failure) {
    const told = failure.response?.data ?? "";
    const answer = typeof told === "string" ? told : JSON.stringify(told);
    result = ["failed", `${failure.stack ?? failure} ${answer.slice(0, 2000)}`];
  }
  const line = [transaction, subject, ...result].map((part) => String(part).replaceAll(/\s+/g, " "));
  console.log(line.join("\t"));
}

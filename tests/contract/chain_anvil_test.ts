import { anvilHarness } from "./anvil_chain.ts";
import { chainContract } from "./chain_contract.ts";

chainContract("JSON-RPC over HTTP", () => anvilHarness({}, (url) => url));
chainContract(
  "JSON-RPC over WebSocket",
  () => anvilHarness({}, (url) => url.replace("http", "ws")),
);
chainContract("JSON-RPC, legacy", () => anvilHarness({ hardfork: "berlin" }, (url) => url));

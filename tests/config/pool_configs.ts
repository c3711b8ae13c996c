/**
 * Config files of pools: the shapes that the classic pool and its forks ship as examples.
 *
 * @module
 */

/** A pool's wallet, in the mixed case of EIP-55. */
export const WALLET = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

/** The section `payouts` as the classic pool and etc26 have it. */
export const CLASSIC_PAYOUTS = {
  enabled: true,
  requirePeers: 25,
  interval: "120m",
  daemon: "http://127.0.0.1:8545",
  timeout: "10s",
  address: WALLET,
  gas: "21000",
  gasPrice: "50000000000",
  autoGas: true,
  threshold: 500000000,
  bgsave: false,
};

/** A whole file of the classic pool, cut to a few keys in the sections that Paydirt ignores. */
export const CLASSIC = {
  threads: 2,
  coin: "eth",
  name: "main",
  proxy: { enabled: true, listen: "0.0.0.0:8888", policy: { workers: 8 } },
  api: { enabled: true, luckWindow: [64, 128, 256] },
  upstream: [{ name: "main", url: "http://127.0.0.1:8545", timeout: "10s" }],
  redis: { endpoint: "127.0.0.1:6379", poolSize: 10, database: 0, password: "" },
  unlocker: { enabled: false, poolFee: 1.0, daemon: "http://127.0.0.1:8545" },
  payouts: CLASSIC_PAYOUTS,
  newrelicEnabled: false,
  newrelicKey: "SECRET_KEY",
};

/** The friends fork sends several at a time. */
export const FRIENDS = {
  ...CLASSIC,
  coin: "etc",
  pplns: 9000,
  redis: { ...CLASSIC.redis, database: 1 },
  payouts: { ...CLASSIC_PAYOUTS, interval: "1h", timeout: "120s", bgsave: true, concurrentTx: 5 },
};

/** Forks that may take the network fee off a payment. */
export const NETWORK_FEES = {
  ...CLASSIC,
  payouts: {
    ...CLASSIC_PAYOUTS,
    keepNwFees: false,
    nwTxGas: "21000",
    nwTxGasPrice: "20000000000",
  },
};

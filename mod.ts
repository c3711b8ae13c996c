/**
 * Paydirt as a library: the pure core, the ports, and the run.
 *
 * The adapters are entries of their own (`./redis`, `./ethereum`, `./memory`), so that the core
 * loads no client.
 *
 * @module
 */

export { dryRun, type DryRunPorts, type DryRunReport } from "./app/dry_run.ts";
export type { ExitCode } from "./app/exit_code.ts";
export type { PlanInput } from "./app/make_plan.ts";
export type { Check } from "./app/preflight.ts";
export type { OperatorWords, RunOptions, RunPorts } from "./app/run.ts";
export { runPayouts } from "./app/run_payouts.ts";
export { type Account, MONEY_FIELDS, type MoneyField } from "./domain/account.ts";
export {
  type Address,
  type AddressFault,
  type Hash,
  type Hex,
  isHash,
  parseAddress,
  ZERO_ADDRESS,
} from "./domain/address.ts";
export {
  type CommitProblem,
  findProblems,
  type LedgerView,
  type WrongType,
} from "./domain/commit_check.ts";
export {
  type Continuity,
  type ContinuityFacts,
  judgeContinuity,
  mayHaveLostWrites,
  type Remedy,
} from "./domain/continuity.ts";
export {
  decide,
  type Decided,
  type DecidePolicy,
  type Facts,
  type FailureReason,
  type HoldReason,
  type InFlight,
  type Orphaned,
  type Spender,
  type Verdict,
} from "./domain/decide.ts";
export {
  decideForeign,
  type ForeignCandidate,
  type ForeignVerdict,
} from "./domain/decide_foreign.ts";
export {
  type Durability,
  type DurabilityFinding,
  judgeDurability,
  type LedgerDurability,
} from "./domain/durability.ts";
export { type Effect, effectsOf } from "./domain/effect.ts";
export { type Expectation, expectationsOf } from "./domain/expectation.ts";
export { ABSENT, type Fact, present, unknown, valueOf } from "./domain/fact.ts";
export { Fault, FAULT_KINDS, type FaultKind } from "./domain/fault.ts";
export {
  bumpFees,
  chooseFees,
  currentPriceWei,
  defaultCeilingWei,
  type FeeQuote,
  type Fees,
  TRANSFER_GAS,
} from "./domain/fees.ts";
export { depthOf, extendRun, type Header, type HeaderRun, isLinked } from "./domain/headers.ts";
export { decodeHold, encodeHold, type Hold } from "./domain/hold.ts";
export { decodeRecord, encodeRecord } from "./domain/journal_record.ts";
export type { KeyType, LedgerKeys } from "./domain/ledger_keys.ts";
export { indexJournal, type JournalIndex } from "./domain/journal_index.ts";
export { type ForeignRow, type Leftovers, sortLeftovers } from "./domain/leftovers.ts";
export {
  formatCoins,
  parseShannon,
  type Shannon,
  shannon,
  type Wei,
  wei,
  weiOfShannon,
} from "./domain/money.ts";
export type { OperatorWord, WordOutcome } from "./domain/operator_word.ts";
export {
  type Attempt,
  type BlockRef,
  type Debt,
  type Payment,
  type PaymentKey,
  paymentKey,
} from "./domain/payment.ts";
export { parsePendingRow, type PendingRow } from "./domain/pending_row.ts";
export {
  brokenLimit,
  type Candidate,
  cover,
  type Coverage,
  inPlanOrder,
  judge,
  type Judgement,
  type Payee,
  type Rules,
  SKIP_REASONS,
  type Skipped,
  type SkipReason,
} from "./domain/plan.ts";
export type { GasPolicy, Policy } from "./domain/policy.ts";
export type {
  BlockRange,
  Chain,
  ChainAnswer,
  ChainIdentity,
  ChainQuestion,
  GasEstimate,
  LookedUpTransaction,
  MinedTransaction,
  NodeHealth,
  Receipt,
  ScannedBlock,
  Tip,
  TransferCall,
} from "./domain/ports/chain.ts";
export type { Checksum } from "./domain/ports/checksum.ts";
export type { Clock } from "./domain/ports/clock.ts";
export type {
  CommitOutcome,
  Fence,
  Ledger,
  LedgerReader,
  LedgerServer,
  LockOutcome,
  MinerAccount,
  Obligations,
  PaidRow,
} from "./domain/ports/ledger.ts";
export type { LocalJournal } from "./domain/ports/local_journal.ts";
export type { Reporter, RunEvent } from "./domain/ports/reporter.ts";
export type {
  BytesSigner,
  SendingSigner,
  SignedTransfer,
  Signer,
  TransferRequest,
} from "./domain/ports/signer.ts";
export type {
  CreditedBack,
  DroppedPayment,
  LeftInFlight,
  PaidPayment,
  RunReport,
  StopReason,
} from "./domain/report.ts";
export {
  type Creditor,
  type FinalTransaction,
  hashesToSpeakFor,
  needsWord,
  planRestoration,
  type RestorationFacts,
  type Restored,
} from "./domain/restoration.ts";
export { SEND_MEANINGS, type SendAnswer, type SendMeaning } from "./domain/send_answer.ts";
export type { ServerNote, SpentNonce, Transition } from "./domain/transition.ts";

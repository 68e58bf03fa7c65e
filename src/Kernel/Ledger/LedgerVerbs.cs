using Lockkeeper.Kernel.Ledger.Verbs;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Ledger;

/// <summary>The verbs about the ledger: ledger show, ledger verify.</summary>
public static class LedgerVerbs
{
    /// <summary>All of them, in the order of the help.</summary>
    public static IReadOnlyList<Verb> All { get; } = [Show.Verb, Verify.Verb];
}

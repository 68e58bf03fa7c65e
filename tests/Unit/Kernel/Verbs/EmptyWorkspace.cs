using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Tests.Unit.Kernel.Verbs;

/// <summary>Surroundings without a project: configuration and ledger are not there.</summary>
internal static class EmptyWorkspace
{
    public static Workspace Create(ILedger? ledger = null, Redactor? redactor = null) => new(
        "/nowhere",
        new NoVariables(),
        new SilentProgress(),
        TimeProvider.System,
        redactor ?? new Redactor(),
        "tester",
        () => throw new LockkeeperException(KernelErrors.ConfigMissing, "there is no lockkeeper.yaml"),
        _ => ledger ?? throw new LockkeeperException(KernelErrors.LedgerUnusable, "there is no ledger"));

    private sealed class NoVariables : IEnvironment
    {
        public string? Get(string name) => null;
    }
}

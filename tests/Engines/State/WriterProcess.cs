using System.Diagnostics;
using System.Runtime.CompilerServices;
using Lockkeeper.Engines.PostgreSql.State;
using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Tests.Engines.State;

/// <summary>A process that appends to a ledger until it is killed or has done its share: this test program itself, called with a variable set.</summary>
internal static class WriterProcess
{
    private const string Variable = "LK_TEST_LEDGER_WRITER";

    /// <param name="path">A file, or the URL of a database.</param>
    /// <param name="name">The run of its entries.</param>
    /// <param name="entries">How many.</param>
    public static Process Start(string path, string name, int entries)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true };
        // Under `dotnet test` the process is a host, not this program.
        info.FileName = Path.Combine(AppContext.BaseDirectory, typeof(WriterProcess).Assembly.GetName().Name!);
        info.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        info.Environment[Variable] = $"{path}|{name}|{entries}";
        return Process.Start(info)!;
    }

    /// <summary>Takes the process over before the test runner's own Main.</summary>
#pragma warning disable CA2255 // There is no other way into a test program that has a generated Main.
    [ModuleInitializer]
#pragma warning restore CA2255
    public static void RunWhenAskedTo()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('|') is not [var path, var name, var entries])
            return;
        ILedger ledger = path.StartsWith("postgres", StringComparison.Ordinal)
            ? new PostgreSqlLedger(_ => Task.FromResult(StateDatabase.At(path, new Redactor())), TimeProvider.System)
            : new SqliteLedger(path, TimeProvider.System);
        for (var i = 1; i <= int.Parse(entries); i++)
        {
            var entry = ledger.AppendAsync(new LedgerFact("step.applied", name, "dev", "shop", "writer", $$"""{"version":"{{i}}"}"""), CancellationToken.None).GetAwaiter().GetResult();
            Console.WriteLine(entry.Number);
        }

        Environment.Exit(0);
    }
}

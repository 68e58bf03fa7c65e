using Lockkeeper.Cli.Running;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Cli.Rendering;

/// <summary>Progress for a log: one line for each thing worth keeping.</summary>
internal sealed class LineProgress(Output errors, Redactor redactor) : IProgressSink
{
    public void Say(string text) => errors.TryWrite(Printable.Of(redactor.Redact(text)) + "\n");

    public void Now(string? text, long? done = null, long? total = null)
    {
    }
}

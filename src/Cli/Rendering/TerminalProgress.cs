using Lockkeeper.Cli.Running;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Cli.Rendering;

/// <summary>Progress on a terminal: what is worth keeping scrolls by, and one live line below it says what is going on now.</summary>
internal sealed class TerminalProgress(Output errors, Terminal terminal, Redactor redactor, TimeProvider clock) : IProgressSink, IDisposable
{
    /// <summary>Faster changes cannot be read.</summary>
    private static readonly TimeSpan ShortestShow = TimeSpan.FromMilliseconds(80);

    private readonly Lock gate = new();
    private string live = "";
    private long shownAt;

    public void Say(string text)
    {
        lock (gate)
            errors.TryWrite($"{Clear()}{Clean(text)}\n{live}");
    }

    public void Now(string? text, long? done = null, long? total = null)
    {
        lock (gate)
        {
            if (live.Length > 0 && text is not null && clock.GetElapsedTime(shownAt) < ShortestShow)
                return;
            var clear = Clear();
            live = text is null ? "" : Fit(Clean(text), Count(done, total));
            shownAt = clock.GetTimestamp();
            errors.TryWrite(clear + live);
        }
    }

    /// <summary>Takes the live line away.</summary>
    public void Dispose() => Now(null);

    private string Clear() => live.Length > 0 ? Ansi.ClearLine : "";

    private string Clean(string text) => Printable.Of(redactor.Redact(text));

    private static string Count(long? done, long? total) => (done, total) switch
    {
        ({ } some, { } all) => $" ({some} of {all})",
        ({ } some, null) => $" ({some})",
        _ => "",
    };

    /// <summary>A live line that wraps could not be cleared again.</summary>
    private string Fit(string text, string count)
    {
        var room = (terminal.Width ?? 80) - TextWidth.Of(count) - 1;
        var line = text.Replace('\n', ' ');
        return (TextWidth.Of(line) <= room ? line : TextWidth.Wrap(line, room - 1).First() + "…") + count;
    }
}

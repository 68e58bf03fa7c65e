namespace Lockkeeper.Kernel.Processes;

/// <summary>Collects a program's output: hands each line on and keeps the last ones.</summary>
internal sealed class LineBuffer(ProcessSpec spec, Redactor redactor)
{
    private readonly Queue<OutputLine> kept = new();
    private readonly Lock gate = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int endsSeen;

    public void Add(string? text, bool isError)
    {
        if (text is null)
        {
            // Both streams report their end once with null.
            if (Interlocked.Increment(ref endsSeen) == 2)
                ended.TrySetResult();
            return;
        }

        var line = new OutputLine(spec.KeepSecrets ? text : redactor.Redact(text), isError);
        lock (gate)
        {
            kept.Enqueue(line);
            if (kept.Count > spec.KeepLines)
                kept.Dequeue();
        }

        spec.OnLine?.Invoke(line);
    }

    public async Task DrainAsync(TimeSpan limit)
    {
        try
        {
            await ended.Task.WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            // A grandchild holds the pipe open; what came so far is what there is.
        }
    }

    public IReadOnlyList<OutputLine> Snapshot()
    {
        lock (gate)
            return [.. kept];
    }
}

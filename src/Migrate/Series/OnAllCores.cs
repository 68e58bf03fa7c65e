using System.Runtime.ExceptionServices;

namespace Lockkeeper.Migrate.Series;

/// <summary>Does the same with many items on all cores.</summary>
/// <remarks>In place of Parallel.For, which the runtime compiles at each start, and which gives any of the errors: here it is the first item's, as in a loop.</remarks>
internal sealed class OnAllCores
{
    /// <summary>Items that a core takes at a time.</summary>
    private const int Step = 16;

    private readonly int count;
    private readonly Action<int> work;
    private readonly Lock gate = new();
    private ExceptionDispatchInfo? failure;
    private int failedAt = int.MaxValue;
    private int taken;

    private OnAllCores(int count, Action<int> work) => (this.count, this.work) = (count, work);

    /// <summary>Does it with each number below a count.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="work">What to do; safe to call from many threads.</param>
    /// <param name="cancel">Gives up.</param>
    public static void For(int count, Action<int> work, CancellationToken cancel)
    {
        var run = new OnAllCores(count, work);
        var others = new Task[Math.Min(Environment.ProcessorCount, (count + Step - 1) / Step) is var cores and > 1 ? cores - 1 : 0];
        for (var index = 0; index < others.Length; index++)
            others[index] = Task.Run(() => run.Go(cancel), CancellationToken.None);
        run.Go(cancel);
        Task.WaitAll(others, CancellationToken.None);
        cancel.ThrowIfCancellationRequested();
        run.failure?.Throw();
    }

    private void Go(CancellationToken cancel)
    {
        while (Interlocked.Add(ref taken, Step) - Step is var first && first < count && !cancel.IsCancellationRequested)
        {
            for (var index = first; index < Math.Min(first + Step, count) && index < Volatile.Read(ref failedAt); index++)
            {
                try
                {
                    work(index);
                }
                catch (Exception e)
                {
                    Fail(index, e);
                }
            }
        }
    }

    private void Fail(int index, Exception e)
    {
        lock (gate)
        {
            if (index >= failedAt)
                return;
            failedAt = index;
            failure = ExceptionDispatchInfo.Capture(e);
        }
    }
}

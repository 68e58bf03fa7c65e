using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Kernel.Verbs;

/// <summary>Runs a verb within its time limit; every way to fail comes out as a <see cref="LockkeeperException"/>.</summary>
public static class VerbRun
{
    /// <summary>Runs it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="interrupted">A person or the face wants it to stop.</param>
    /// <exception cref="LockkeeperException">It failed, was cancelled (LK1001) or ran into its limit (LK1002).</exception>
    public static async Task<Report> RunAsync(VerbCall call, CancellationToken interrupted)
    {
        var limit = call.Duration(StandardParameters.Timeout);
        using var timer = limit is { } time ? new CancellationTokenSource(time, call.Workspace.Clock) : new CancellationTokenSource();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(interrupted, timer.Token);
        try
        {
            var report = await call.Verb.Handler(call, both.Token);
            return report.Error is { } error && TimedOut(error) ? report.WithError(LimitReached(error)) : report;
        }
        catch (OperationCanceledException e) when (both.IsCancellationRequested)
        {
            throw interrupted.IsCancellationRequested || limit is null
                ? new LockkeeperException(KernelErrors.Cancelled, $"'{call.Verb.Path}' was cancelled", "Run the same command again to go on.", inner: e)
                : LimitReached(null, e);
        }
        catch (LockkeeperException e) when (TimedOut(e))
        {
            throw LimitReached(e);
        }
        catch (Exception e) when (e is not LockkeeperException)
        {
            throw Unexpected(e);
        }

        // Work that was stopped knows only that it was: whose wish it was is known here.
        bool TimedOut(LockkeeperException error) => error.Code == KernelErrors.Cancelled && timer.IsCancellationRequested && !interrupted.IsCancellationRequested;

        LockkeeperException LimitReached(LockkeeperException? stopped, Exception? cause = null) => new(
            KernelErrors.TimedOut, $"'{call.Verb.Path}' did not end within {Durations.Words(limit!.Value)}{(stopped is null ? "" : $": {stopped.Message}")}", "Give a longer --timeout, or none.",
            stopped?.At, stopped ?? cause)
        {
            Facts = stopped?.Facts ?? [],
            Exit = stopped?.Exit ?? KernelErrors.TimedOut.Exit,
        };
    }

    /// <summary>An exception that nobody foresaw, as an error without a stack trace.</summary>
    /// <param name="exception">The exception.</param>
    public static LockkeeperException Unexpected(Exception exception) => new(
        KernelErrors.Internal, $"unexpected {exception.GetType().Name}: {exception.Message}",
        "This is a bug in Lockkeeper: please report it. With LK_DEBUG=1 the same command also prints where it happened.", inner: exception);
}

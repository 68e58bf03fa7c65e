using Lockkeeper.Kernel.Plans;
using Lockkeeper.Migrate.Running;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Running;

/// <summary>The restore point comes right before the first dangerous step, also where steps are sent together.</summary>
public sealed class RestorePointStepsTests
{
    [Fact]
    public async Task it_is_made_once_right_before_its_step_and_ends_what_is_sent_together()
    {
        var done = new List<string>();
        var point = new PlannedRestorePoint("main", "p", "3", "the restore point p", "lk backup restore main --target name:p", (run, _) =>
        {
            done.Add($"point of {run}");
            return Task.CompletedTask;
        });
        Step[] steps = [.. Enumerable.Range(1, 5).Select(i => new Step($"{i}", $"step {i}", "", Undo.None, Impact.None))];
        var runner = new PlanRunner(new RestorePointSteps(new AllTogether(done), point, "run-1"), _ => Task.CompletedTask, TimeProvider.System);
        var result = await runner.RunAsync(new Plan("test", "dev", "shop", steps), RunMode.Real, undoOnFailure: false, TestContext.Current.CancellationToken);
        result.Error.ShouldBeNull();
        done.ShouldBe(["1", "2", "point of run-1", "3", "4", "5"]);
    }

    /// <summary>Sends as many as it can in one go.</summary>
    private sealed class AllTogether(List<string> done) : IStepExecutor
    {
        public Task DoAsync(Step step, CancellationToken cancel)
        {
            done.Add(step.Id);
            return Task.CompletedTask;
        }

        public Task UndoAsync(Step step, CancellationToken cancel) => throw new NotSupportedException();

        public int Together(IReadOnlyList<Step> steps, int from) => steps.Count - from;

        public Task<DoneTogether> DoTogetherAsync(IReadOnlyList<Step> steps, CancellationToken cancel)
        {
            done.AddRange(steps.Select(step => step.Id));
            return Task.FromResult(new DoneTogether([.. steps.Select(_ => TimeSpan.Zero)], null));
        }
    }
}

using System.Text;
using System.Text.Json;
using Lockkeeper.Kernel.Doctor;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Doctor;

public sealed class DoctorVerbTests
{
    private static readonly DoctorCheck Fine = Check("fine", Health.Good);

    [Fact]
    public async Task nothing_missing_is_exit_code_0()
    {
        var report = await RunAsync([Fine]);
        report.Exit.ShouldBe(ExitCode.Done);
        Json(report).GetProperty("healthy").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData(Health.Missing, "missing")]
    [InlineData(Health.Broken, "broken")]
    public async Task something_missing_is_exit_code_1_with_its_remedy(Health health, string state)
    {
        var report = await RunAsync([Fine, Check("tool", health)]);
        report.Exit.ShouldBe(ExitCode.Findings);
        var entry = Json(report).GetProperty("checks")[1];
        entry.GetProperty("state").GetString().ShouldBe(state);
        entry.GetProperty("remedy").GetString().ShouldBe("get it");
        report.Text.OfType<Line>().ShouldContain(line => line.Text == "get it");
    }

    [Fact]
    public async Task something_optional_that_is_missing_is_told_and_is_no_failure()
    {
        var report = await RunAsync([Check("tool", Health.Missing) with { Optional = true }]);
        report.Exit.ShouldBe(ExitCode.Done);
        Json(report).GetProperty("checks")[0].GetProperty("state").GetString().ShouldBe("optional");
    }

    [Fact]
    public async Task a_check_that_hangs_is_given_up_and_the_others_are_told()
    {
        var hanging = new DoctorCheck("hanging", "all", async (_, _) =>
        {
            await Task.Delay(System.Threading.Timeout.Infinite, CancellationToken.None);
            return new DoctorAnswer(Health.Good, "never");
        });
        var report = await RunAsync([hanging, Fine], new ImpatientClock());
        var checks = Json(report).GetProperty("checks");
        checks[0].GetProperty("state").GetString().ShouldBe("broken");
        checks[0].GetProperty("found").GetString().ShouldBe("no answer within 5 s");
    }

    [Fact]
    public async Task a_check_that_fails_is_told_with_its_hint()
    {
        var failing = new DoctorCheck("failing", "all", (_, _) => throw new LockkeeperException(KernelErrors.ProgramFailed, "it is bent", "Unbend it."));
        var entry = Json(await RunAsync([failing])).GetProperty("checks")[0];
        entry.GetProperty("found").GetString().ShouldBe("it is bent");
        entry.GetProperty("remedy").GetString().ShouldBe("Unbend it.");
    }

    private static DoctorCheck Check(string name, Health health) =>
        new(name, "all", (_, _) => Task.FromResult(new DoctorAnswer(health, "found", health == Health.Good ? null : "get it")));

    private static Task<Report> RunAsync(IReadOnlyList<DoctorCheck> checks, TimeProvider? clock = null)
    {
        var verb = DoctorVerb.Create(checks);
        var workspace = new Workspace(
            "/", new NoVariables(), new SilentProgress(), clock ?? TimeProvider.System, new Redactor(), "tester",
            () => throw new LockkeeperException(KernelErrors.ConfigMissing, "none"), _ => throw new LockkeeperException(KernelErrors.LedgerUnusable, "none"));
        return verb.Handler(new VerbCall(verb, new Dictionary<string, string>(), workspace), CancellationToken.None);
    }

    private static JsonElement Json(Report report)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            report.WriteJson(writer);
        return JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).RootElement;
    }

    private sealed class NoVariables : IEnvironment
    {
        public string? Get(string name) => null;
    }

    /// <summary>Every wait is over soon.</summary>
    private sealed class ImpatientClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.FromMilliseconds(50), period);
    }
}

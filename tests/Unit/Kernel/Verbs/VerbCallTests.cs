using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Verbs;

public sealed class VerbCallTests
{
    [Fact]
    public void a_value_that_is_not_given_is_its_default()
    {
        var call = Call(("version", "12"), ("env", "dev"));
        call.Integer(SampleVerb.Retries).ShouldBe(10);
        call.Duration(SampleVerb.LockTimeout).ShouldBe(TimeSpan.FromSeconds(30));
        call.Text(SampleVerb.Format).ShouldBe("sql");
        call.Text(SampleVerb.Note).ShouldBeNull();
        call.Flag(SampleVerb.AcceptDrift).ShouldBeFalse();
        call.Yes.ShouldBeFalse();
        call.DryRun.ShouldBeFalse();
    }

    [Fact]
    public void a_given_value_wins_over_the_default()
    {
        var call = Call(("version", "12"), ("env", "dev"), ("retries", "3"), ("lock-timeout", "1.5s"), ("accept-drift", "true"), ("yes", "true"), ("dry-run", "true"));
        call.Required(SampleVerb.Version).ShouldBe("12");
        call.Integer(SampleVerb.Retries).ShouldBe(3);
        call.Duration(SampleVerb.LockTimeout).ShouldBe(TimeSpan.FromMilliseconds(1500));
        call.Flag(SampleVerb.AcceptDrift).ShouldBeTrue();
        call.Yes.ShouldBeTrue();
        call.DryRun.ShouldBeTrue();
    }

    [Theory]
    [InlineData("retries", "many", "'many' is not a valid value for --retries", "whole number")]
    [InlineData("lock-timeout", "30", "'30' is not a valid value for --lock-timeout", "unit")]
    [InlineData("format", "xml", "'xml' is not a valid value for --format", "sql, psql")]
    [InlineData("accept-drift", "perhaps", "'perhaps' is not a valid value for --accept-drift", "true or false")]
    [InlineData("timeout", "soon", "'soon' is not a valid value for --timeout", "unit")]
    [InlineData("enviroment", "dev", "has no parameter 'enviroment'", "--help")]
    [InlineData("retris", "3", "has no parameter 'retris'", "Did you mean 'retries'?")]
    public void a_bad_value_is_refused_before_anything_runs(string name, string value, string message, string hint)
    {
        var error = Should.Throw<LockkeeperException>(() => Call(("version", "12"), ("env", "dev"), (name, value)));
        error.Code.ShouldBe(KernelErrors.WrongUse);
        error.Message.ShouldContain(message);
        error.Hint!.ShouldContain(hint);
    }

    [Fact]
    public void a_missing_parameter_is_named_as_it_is_typed()
    {
        Should.Throw<LockkeeperException>(() => Call(("env", "dev"))).Message.ShouldBe("'sample apply' needs VERSION");
        Should.Throw<LockkeeperException>(() => Call(("version", "12"))).Message.ShouldBe("'sample apply' needs --env");
    }

    [Theory]
    [InlineData(VerbEffect.Changes, true, true)]
    [InlineData(VerbEffect.Local, false, false)]
    [InlineData(VerbEffect.Reads, false, false)]
    public void a_verb_that_changes_a_database_can_be_confirmed_and_tried(VerbEffect effect, bool yes, bool dryRun)
    {
        var names = SampleVerb.Of(effect).AllParameters.Select(parameter => parameter.Name).ToArray();
        names.Contains("yes").ShouldBe(yes);
        names.Contains("dry-run").ShouldBe(dryRun);
        names.ShouldContain("json");
        names.ShouldContain("timeout");
        names.ShouldContain("config");
    }

    [Fact]
    public void a_standard_parameter_that_a_verb_declares_itself_stands_once()
    {
        var verb = SampleVerb.Of() with { Parameters = [StandardParameters.Yes] };
        verb.AllParameters.Count(parameter => parameter.Name == "yes").ShouldBe(1);
    }

    private static VerbCall Call(params (string Name, string Value)[] values) =>
        new(SampleVerb.Of(), values.ToDictionary(pair => pair.Name, pair => pair.Value), EmptyWorkspace.Create());
}

using Lockkeeper.Cli.Verbs;
using Lockkeeper.Host;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Server;

public sealed class VerbRightsTests
{
    private static readonly IReadOnlyList<Verb> verbs = CliVerbs.With(Registry.Verbs);

    [Fact]
    public void of_each_verb_somebody_has_decided_whether_the_server_offers_it() =>
        verbs.Where(verb => VerbRights.Offers(verb) == VerbRights.OnlyHere.ContainsKey(verb.Path)).Select(verb => verb.Path)
            .ShouldBeEmpty("write the verb into VerbRights: with the role that it takes, or with the reason why it is a matter of the command line");

    [Fact]
    public void nothing_is_offered_that_is_not_there() => VerbRights.Offered.Except(verbs.Select(verb => verb.Path)).ShouldBeEmpty();

    [Fact]
    public void what_changes_a_database_takes_a_dba_or_an_operator()
    {
        foreach (var verb in verbs.Where(verb => VerbRights.Offers(verb) && verb.Effect == VerbEffect.Changes))
            (VerbRights.RoleOf(verb, new Dictionary<string, string>()) >= Role.Operator).ShouldBeTrue(verb.Path);
    }

    [Fact]
    public void no_offered_verb_needs_what_nobody_may_give_from_outside()
    {
        foreach (var verb in verbs.Where(VerbRights.Offers))
            verb.AllParameters.Where(parameter => parameter.Required).Except(VerbRights.ParametersOf(verb)).ShouldBeEmpty(verb.Path);
    }

    [Fact]
    public void no_parameter_that_names_a_file_or_folder_is_open()
    {
        string[] words = ["folder", "file", "script"];
        var open = verbs.Where(VerbRights.Offers).SelectMany(verb => VerbRights.ParametersOf(verb).Where(parameter => parameter.Kind == ParameterKind.Text).Select(parameter => (verb, parameter)));
        // These speak of files and take none.
        string[] harmless = ["backup restore --database"];
        open.Where(pair => words.Any(word => pair.parameter.Help.Contains(word, StringComparison.OrdinalIgnoreCase))).Select(pair => $"{pair.verb.Path} --{pair.parameter.Name}").Except(harmless).ShouldBeEmpty();
    }

    [Fact]
    public void a_dry_run_is_a_developers_and_only_the_caller_for_everywhere_may_leave_the_environment_out()
    {
        var apply = verbs.Single(verb => verb.Path == "migrate apply");
        var developer = new Caller("dora", [Grant.Parse("developer@staging")]);
        VerbRights.Require(developer, apply, new Dictionary<string, string> { ["env"] = "staging", ["dry-run"] = "true" });
        Should.Throw<LockkeeperException>(() => VerbRights.Require(developer, apply, new Dictionary<string, string> { ["env"] = "staging" }));
        Should.Throw<LockkeeperException>(() => VerbRights.Require(developer, apply, new Dictionary<string, string> { ["env"] = "prod", ["dry-run"] = "true" }));
        Should.Throw<LockkeeperException>(() => VerbRights.Require(developer, verbs.Single(verb => verb.Path == "migrate status"), new Dictionary<string, string>()));
    }
}

using Lockkeeper.Cli.Verbs;
using Lockkeeper.Host;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Mcp;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Server;

public sealed class AgentRightsTests
{
    private static readonly IReadOnlyList<Verb> verbs = CliVerbs.With(Registry.Verbs);

    [Fact]
    public void of_each_verb_that_the_server_offers_somebody_has_decided_what_an_agent_may() =>
        VerbRights.Offered.Order(StringComparer.Ordinal).ShouldBe(AgentRights.Decided.Order(StringComparer.Ordinal));

    [Fact]
    public void an_agent_calls_nothing_that_changes_a_database_and_approves_nothing()
    {
        verbs.Where(verb => verb.Effect == VerbEffect.Changes).Where(verb => AgentRights.Of(verb) == AgentMay.Call).ShouldBeEmpty();
        verbs.Where(verb => verb.Path is "approve" or "proposal run" or "proposal refuse").ShouldAllBe(verb => AgentRights.Of(verb) == AgentMay.Nothing);
    }

    [Fact]
    public void an_agent_confirms_nothing_and_names_no_file_or_address()
    {
        foreach (var verb in verbs.Where(verb => AgentRights.Of(verb) != AgentMay.Nothing))
        {
            var open = AgentRights.ParametersOf(verb).Select(parameter => parameter.Name).ToList();
            open.Except(VerbRights.ParametersOf(verb).Select(parameter => parameter.Name)).ShouldBeEmpty(verb.Path);
            open.ShouldNotContain("yes", verb.Path);
            open.ShouldNotContain("config", verb.Path);
        }
    }
}

using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;

namespace Lockkeeper.Server.Mcp;

/// <summary>What an agent may do with a verb.</summary>
internal enum AgentMay
{
    /// <summary>Nothing: a person's decision is what the verb is about, or it tells others something.</summary>
    Nothing,

    /// <summary>Call it: it reads, or works on throw-away servers of this machine.</summary>
    Call,

    /// <summary>Propose it: a person looks at what it would do and carries it out.</summary>
    Propose,
}

/// <summary>Which verbs agents have as tools. What does not stand here is none: a new verb is closed until somebody has decided.</summary>
internal static class AgentRights
{
    private static readonly Dictionary<string, AgentMay> decided = new(StringComparer.Ordinal)
    {
        ["migrate status"] = AgentMay.Call,
        ["migrate show"] = AgentMay.Call,
        ["migrate plan"] = AgentMay.Call,
        ["migrate verify"] = AgentMay.Call,
        ["migrate forecast-error"] = AgentMay.Call,
        ["migrate lint"] = AgentMay.Call,
        ["migrate prove"] = AgentMay.Call,
        ["migrate apply"] = AgentMay.Propose,
        ["migrate promote"] = AgentMay.Propose,
        ["migrate rollback"] = AgentMay.Propose,
        ["migrate resume"] = AgentMay.Propose,
        ["migrate repair"] = AgentMay.Propose,
        ["migrate baseline"] = AgentMay.Propose,
        ["migrate adopt"] = AgentMay.Propose,
        ["provision plan"] = AgentMay.Call,
        ["provision drift"] = AgentMay.Call,
        ["provision inventory"] = AgentMay.Call,
        ["provision apply"] = AgentMay.Propose,
        ["provision destroy"] = AgentMay.Nothing,
        ["backup list"] = AgentMay.Call,
        ["backup estimate"] = AgentMay.Call,
        ["backup check"] = AgentMay.Call,
        ["backup verify"] = AgentMay.Call,
        ["backup alerts"] = AgentMay.Nothing,
        ["backup take"] = AgentMay.Propose,
        ["backup drill"] = AgentMay.Propose,
        ["backup document"] = AgentMay.Call,
        ["backup restore"] = AgentMay.Propose,
        ["backup expire"] = AgentMay.Nothing,
        ["observe fleet"] = AgentMay.Call,
        ["observe metrics"] = AgentMay.Call,
        ["observe alerts list"] = AgentMay.Call,
        ["observe alerts rules"] = AgentMay.Call,
        ["observe alerts silence"] = AgentMay.Propose,
        ["observe alerts test"] = AgentMay.Nothing,
        ["observe runbook"] = AgentMay.Call,
        ["observe regressions"] = AgentMay.Call,
        ["observe anomalies"] = AgentMay.Call,
        ["observe targets"] = AgentMay.Call,
        ["observe history"] = AgentMay.Call,
        ["observe inspect"] = AgentMay.Call,
        ["observe statement"] = AgentMay.Call,
        ["approve"] = AgentMay.Nothing,
        ["proposal list"] = AgentMay.Call,
        ["proposal show"] = AgentMay.Call,
        ["proposal run"] = AgentMay.Nothing,
        ["proposal refuse"] = AgentMay.Nothing,
        ["review"] = AgentMay.Nothing,
        ["ledger show"] = AgentMay.Call,
        ["ledger verify"] = AgentMay.Call,
        ["doctor"] = AgentMay.Call,
    };

    /// <summary>Every verb of which somebody has decided.</summary>
    public static IEnumerable<string> Decided => decided.Keys;

    /// <summary>What an agent may do with a verb.</summary>
    public static AgentMay Of(Verb verb) => decided.GetValueOrDefault(verb.Path);

    /// <summary>The parameters that an agent may give: what may come from outside at all, less the words with which a person confirms.</summary>
    public static IEnumerable<Parameter> ParametersOf(Verb verb) => Of(verb) == AgentMay.Propose
        ? VerbRights.ParametersOf(verb).Where(parameter => parameter.Name != StandardParameters.Yes.Name && parameter.Name != StandardParameters.DryRun.Name)
        : VerbRights.ParametersOf(verb);
}

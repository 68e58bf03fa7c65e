using System.Xml;
using System.Xml.Linq;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Http;

namespace Lockkeeper.Engines.Rds.Query;

/// <summary>An error as the service says it.</summary>
/// <param name="Code">Its code, such as <c>DBInstanceNotFound</c>.</param>
/// <param name="Message">Its message.</param>
/// <param name="Request">The id of the request, for the service's support.</param>
internal sealed record QueryError(string Code, string Message, string? Request);

/// <summary>Reads answers in the XML of the Query protocol; namespaces say nothing and are dropped.</summary>
internal static class QueryAnswer
{
    /// <summary>What stands in <c>ActionResult</c>; empty for an action without a result.</summary>
    /// <exception cref="LockkeeperException">It is not such an answer.</exception>
    public static XElement Result(string action, HttpAnswer answer)
    {
        var root = Read(answer.Body) ?? throw new LockkeeperException(RdsErrors.BadAnswer, $"the answer to {action} is not the XML that the service speaks", "Look whether 'endpoint' is that of the service, and whether a proxy answers in its place.");
        return root.Name.LocalName == action + "Response"
            ? root.Element(action + "Result") ?? new XElement(action + "Result")
            : throw new LockkeeperException(RdsErrors.BadAnswer, $"the answer to {action} is a {root.Name.LocalName}", "Look whether 'endpoint' is that of the service.");
    }

    /// <summary>The error; one without XML gets the status as its code.</summary>
    public static QueryError Error(HttpAnswer answer)
    {
        var root = Read(answer.Body);
        var error = root?.DescendantsAndSelf("Error").FirstOrDefault();
        return new QueryError(
            error?.Element("Code")?.Value is { Length: > 0 } code ? code : $"HTTP {answer.Status}", error?.Element("Message")?.Value.Trim() is { Length: > 0 } message ? message : "the service gave no reason",
            root?.Descendants().FirstOrDefault(one => one.Name.LocalName is "RequestId" or "RequestID")?.Value);
    }

    private static XElement? Read(string text)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            var root = XElement.Load(reader);
            foreach (var element in root.DescendantsAndSelf())
                element.Name = element.Name.LocalName;
            return root;
        }
        catch (XmlException)
        {
            return null;
        }
    }
}

using Lockkeeper.Server.Portal;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Server;

public sealed class PortalRoutesTests
{
    [Fact]
    public async Task no_page_is_open_to_strangers_but_the_way_in()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        await using var app = builder.Build();
        PortalRoutes.Map(app, null!);
        var routes = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().ToList();
        routes.Count.ShouldBeGreaterThan(30);
        // The guard refuses everything else before it is looked at.
        routes.Where(route => route.Metadata.GetMetadata<OpenToAll>() is not null).Select(route => route.RoutePattern.RawText).Distinct().ShouldBe(["/assets/{name}", "/sign-in", "/setup"]);
    }
}

// Draws the charts of a report one after the other; a chart in three dimensions as a picture, since a browser keeps
// only a few of those alive.
(async () => {
    const { template, figures } = JSON.parse(document.getElementById("figures").textContent);
    for (const place of document.querySelectorAll("[data-figure]")) {
        const { data, layout } = figures[place.dataset.figure];
        const width = Math.floor(place.clientWidth);
        const whole = { ...layout, template, width };
        try {
            if (data.some((trace) => trace.type === "scatter3d")) {
                const image = new Image();
                image.alt = place.getAttribute("aria-label");
                image.src = await Plotly.toImage({ data, layout: whole }, { format: "png", width, height: layout.height, scale: 2 });
                await image.decode();
                place.replaceChildren(image);
                place.style.height = "auto";
            } else {
                await Plotly.newPlot(place, data, whole, { displaylogo: false, displayModeBar: false });
            }
        } catch (error) {
            place.textContent = "This browser cannot draw the chart; its numbers are in the tables.";
        }
        await new Promise((go) => setTimeout(go));
    }
    document.body.dataset.drawn = "yes";
})();
